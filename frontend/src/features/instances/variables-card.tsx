import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { instances, isLive } from '../../api/queries/instances';
import type { Instance } from '../../api/types';
import { plainValue, showValue, types } from '../../lib/variables';
import { Empty, View } from '../../ui/feedback';
import { EditIcon, PlusIcon } from '../../ui/icons';
import { Table, type Column } from '../../ui/table';
import { VariableDialog } from './variable-dialog';

type Entry = { readonly name: string; readonly value: unknown };

/** The variables of the instance; while it lives each can be changed. */
export function VariablesCard({ instance }: { instance: Instance }) {
  const live = isLive(instance.state);
  const query = useQuery(instances.variables({ id: instance.id, live }));
  const [editing, setEditing] = useState<Entry | null>(null);
  const add = () => {
    setEditing({ name: '', value: '' });
  };
  return (
    <>
      <View query={query}>
        {(variables) => {
          const entries = Object.entries(variables).map(([name, value]) => ({ name, value }));
          return (
            <>
              {entries.length === 0 ? (
                <Empty title="No variables">
                  {live ? 'Add one, or let the process set some.' : 'This instance kept none.'}
                </Empty>
              ) : (
                <Table
                  label="Variables"
                  columns={live ? [...columns, editColumn(setEditing)] : columns}
                  rows={entries}
                  rowKey={({ name }) => name}
                />
              )}
              {live && (
                <div className="border-t border-line p-3">
                  <Button startIcon={<PlusIcon />} onClick={add}>
                    Add a variable
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </View>
      {editing && (
        <VariableDialog
          instance={instance}
          entry={editing}
          onClose={() => {
            setEditing(null);
          }}
        />
      )}
    </>
  );
}

const columns: readonly Column<Entry>[] = [
  {
    name: 'Name',
    width: '30%',
    cell: ({ name }) => <span className="font-mono text-xs text-text">{name}</span>,
  },
  {
    name: 'Type',
    from: 'sm',
    width: '9rem',
    cell: ({ value }) => types[showValue(value).type].label,
  },
  {
    name: 'Value',
    cell: ({ value }) => (
      <span className="font-mono text-xs text-text" title={plainValue(value)}>
        {plainValue(value)}
      </span>
    ),
  },
];

function editColumn(edit: (entry: Entry) => void): Column<Entry> {
  return {
    name: 'Action',
    width: '5.5rem',
    align: 'right',
    cell: (entry) => (
      <Tooltip title="Change the value">
        <IconButton
          size="small"
          aria-label={`Change ${entry.name}`}
          onClick={() => {
            edit(entry);
          }}
        >
          <EditIcon fontSize="small" />
        </IconButton>
      </Tooltip>
    ),
  };
}
