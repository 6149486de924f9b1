import type { ReactNode } from 'react';

export type Column<T> = {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
  /** Left out below this width. */
  readonly from?: 'sm' | 'md' | 'lg';
  readonly align?: 'right';
  readonly width?: string;
};

type Props<T> = {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
};

const shown = {
  sm: 'hidden sm:table-cell',
  md: 'hidden md:table-cell',
  lg: 'hidden lg:table-cell',
};

function look<T>(column: Column<T>): string {
  const align = column.align === 'right' ? 'text-right' : 'text-left';
  return `${column.from ? shown[column.from] : ''} ${align} px-4`;
}

/** A plain table; its columns give way to the width instead of scrolling. */
export function Table<T>({ label, columns, rows, rowKey }: Props<T>) {
  return (
    <table aria-label={label} className="w-full table-fixed border-collapse text-base">
      <thead>
        <tr className="border-b border-line">
          {columns.map((column) => (
            <th
              key={column.name}
              scope="col"
              style={{ width: column.width }}
              className={`${look(column)} h-9 text-xs font-medium text-text-3`}
            >
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className="border-b border-line last:border-b-0 hover:bg-hover">
            {columns.map((column) => (
              <td key={column.name} className={`${look(column)} h-11 truncate text-text-2`}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
