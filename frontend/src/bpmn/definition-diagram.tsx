import { useQuery } from '@tanstack/react-query';
import type { ComponentProps } from 'react';

import { definitions } from '../api/queries/definitions';
import { Rows, View } from '../ui/feedback';
import { Diagram } from './diagram';

type Props = Omit<ComponentProps<typeof Diagram>, 'xml'> & {
  /** The id of a definition, not its key. */
  readonly definition: string;
};

/** The diagram of a definition, whose XML it loads. */
export function DefinitionDiagram({ definition, ...rest }: Props) {
  const xml = useQuery(definitions.xml(definition));
  return (
    <View
      query={xml}
      loading={
        <div className={rest.className}>
          <Rows count={4} />
        </div>
      }
    >
      {(text) => <Diagram xml={text} {...rest} />}
    </View>
  );
}
