import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';

import { definitions } from '../../api/queries/definitions';
import type { Schemas } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { UploadIcon } from '../../ui/icons';
import { notify } from '../../ui/notify';

export default function DeployDialog({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const deploy = useMutation(definitions.deploy());
  const navigate = useNavigate();

  const pick = (chosen: File | undefined) => {
    deploy.reset();
    setFile(chosen ?? null);
  };
  const send = async () => {
    if (!file) {
      input.current?.click();
      return;
    }
    deploy.mutate({ name: file.name, text: await file.text() }, { onSuccess: done });
  };
  const done = (deployment: Schemas['Deployment']) => {
    const [first] = deployment.definitions;
    const warnings = deployment.warnings.length;
    const note = warnings > 0 ? `, ${warnings} warning${warnings > 1 ? 's' : ''}` : '';
    notify.success(`Deployed ${file?.name ?? 'the file'}${note}`);
    onClose();
    if (first) void navigate(`/definitions/${first.key}`);
  };

  return (
    <Dialog
      open
      title="Deploy a BPMN file"
      onClose={onClose}
      problem={deploy.error}
      action="Deploy"
      busy={deploy.isPending}
      onAction={() => void send()}
    >
      <div
        className="flex flex-col items-center gap-2 rounded-card border border-dashed border-line-strong bg-sunken px-4 py-8 text-center"
        onDragOver={(event) => {
          event.preventDefault();
        }}
        onDrop={(event) => {
          event.preventDefault();
          pick(event.dataTransfer.files[0]);
        }}
      >
        <UploadIcon aria-hidden className="text-text-2" />
        <p className="m-0 text-sm text-text-2">
          {file ? (
            <span className="font-mono text-text">{file.name}</span>
          ) : (
            'Drop a .bpmn file here, or'
          )}
        </p>
        <Button variant="outlined" onClick={() => input.current?.click()}>
          {file ? 'Choose another file' : 'Choose a file'}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".bpmn,.xml,application/xml"
          aria-label="BPMN file"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            pick(event.target.files?.[0]);
          }}
        />
      </div>
      <p className="m-0 text-sm text-text-2">
        The same content again keeps its version; a change becomes the next version. Running
        instances stay on theirs.
      </p>
    </Dialog>
  );
}
