import { useRouteError } from 'react-router';

import { toProblem } from '../api/problem';
import { Failure } from '../ui/feedback';

/** A page that threw; the shell around it stays. */
export function Broken() {
  const error = useRouteError();
  return (
    <main className="grid min-h-80 place-items-center">
      <Failure
        problem={toProblem(error)}
        retry={() => {
          window.location.reload();
        }}
      />
    </main>
  );
}
