import { Empty } from '../ui/feedback';
import { Link } from '../ui/link';
import { Page } from '../ui/page';

export function NotFound() {
  return (
    <Page title="No such page">
      <Empty title="Nothing is at this address" action={<Link to="/">To the definitions</Link>}>
        The link may be old, or a character of it got lost.
      </Empty>
    </Page>
  );
}
