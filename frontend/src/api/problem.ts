import { isAxiosError } from 'axios';
import { z } from '../lib/zod';

import type { ProblemCode } from './types';

const finding = z.object({
  code: z.string(),
  detail: z.string(),
  severity: z.optional(z.string()),
  pointer: z.optional(z.string()),
  element: z.optional(z.string()),
  line: z.optional(z.number()),
});

const document = z.object({
  title: z.string(),
  status: z.number(),
  detail: z.optional(z.string()),
  code: z.optional(z.custom<ProblemCode>((code) => typeof code === 'string')),
  traceId: z.optional(z.string()),
  errors: z.optional(z.array(finding)),
});

export type ProblemFinding = z.infer<typeof finding>;

type Fields = {
  code: ProblemCode | 'network' | 'unexpected';
  status: number;
  title: string;
  detail: string;
  traceId?: string | undefined;
  errors?: readonly ProblemFinding[] | undefined;
};

/** A failed call.  `code` is stable, so switch on it; `status` 0: no answer at all. */
export class Problem extends Error {
  readonly code: Fields['code'];
  readonly status: number;
  readonly title: string;
  readonly traceId: string | undefined;
  readonly errors: readonly ProblemFinding[];

  constructor(fields: Fields) {
    super(fields.detail);
    this.name = 'Problem';
    this.code = fields.code;
    this.status = fields.status;
    this.title = fields.title;
    this.traceId = fields.traceId;
    this.errors = fields.errors ?? [];
  }

  get detail(): string {
    return this.message;
  }

  /** Trying the same again may help. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Any thrown thing as a Problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!isAxiosError<unknown>(error)) {
    const detail = error instanceof Error ? error.message : String(error);
    return new Problem({ code: 'unexpected', status: 0, title: 'Something went wrong', detail });
  }
  if (!error.response) {
    return unreachable();
  }
  const { status } = error.response;
  const parsed = document.safeParse(error.response.data);
  if (!parsed.success) {
    const detail = `The answer with status ${status} is no problem document.`;
    return new Problem({ code: 'unexpected', status, title: 'Unexpected answer', detail });
  }
  const { title, detail, code, traceId, errors } = parsed.data;
  const id = traceId ?? requestId(error.response.headers);
  return new Problem({
    code: code ?? 'unexpected',
    status,
    title,
    detail:
      status === 403
        ? `${detail ?? title}. An administrator can give you a role that may.`
        : (detail ?? title),
    traceId: id,
    errors,
  });
}

export function unreachable(): Problem {
  return new Problem({
    code: 'network',
    status: 0,
    title: 'The server does not answer',
    detail: 'Check that Weir runs and that this machine can reach it.',
  });
}

function requestId(headers: unknown): string | undefined {
  const parsed = z.object({ 'x-request-id': z.string() }).safeParse(headers);
  return parsed.success ? parsed.data['x-request-id'] : undefined;
}
