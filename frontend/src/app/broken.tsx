import { useRouteError } from 'react-router';

import { Problem, toProblem } from '../api/problem';
import { Failure } from '../ui/feedback';

/* A page that was open while the console was replaced asks for parts of the old one. */
const newer = new Problem({
  code: 'unexpected',
  status: 0,
  title: 'A part of the console could not be loaded',
  detail: 'It may have been updated since you opened it. Load the page again to go on.',
});

function isLoadFailure(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes('dynamically imported module');
}

/** A page that threw; the shell around it stays. */
export function Broken() {
  const error = useRouteError();
  const problem = isLoadFailure(error) ? newer : toProblem(error);
  return (
    <main className="grid min-h-80 place-items-center">
      <Failure
        problem={problem}
        retry={() => {
          window.location.reload();
        }}
      />
    </main>
  );
}
