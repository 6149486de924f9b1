import { CopyButton } from './copy-button';

/** What to name when asking about a failure. */
export default function RequestId({ id }: { id: string }) {
  return (
    <p className="mt-2 mb-0 inline-flex items-center gap-1 font-mono text-xs">
      {id}
      <CopyButton text={id} what="request id" />
    </p>
  );
}
