import { Problem } from './problem';
import { exchange } from './http';
import { expire, refresh, token } from './session';
import type { Answer, Method, Operation, Options, PathWith } from './types';

type AnyOptions = {
  path?: Record<string, string | number>;
  query?: object;
  header?: object;
  body?: unknown;
  signal?: AbortSignal;
  contentType?: string;
};

/** Calls one operation of the API; throws a Problem. */
export async function call<M extends Method, P extends PathWith<M>>(
  method: M,
  path: P,
  options: Options<Operation<P, M>>,
): Promise<Answer<Operation<P, M>>>;
export async function call(method: Method, path: string, options: AnyOptions): Promise<unknown> {
  const access = await token();
  try {
    return await send(method, path, options, access);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    if (await refresh()) return send(method, path, options, await token());
    throw expire();
  }
}

async function send(method: Method, path: string, options: AnyOptions, access: string) {
  return exchange<unknown>({
    method,
    url: fill(path, options.path ?? {}),
    params: options.query,
    data: text(options.body),
    headers: {
      ...options.header,
      ...(options.body !== undefined && {
        'Content-Type': options.contentType ?? 'application/json',
      }),
      ...(access && { Authorization: `Bearer ${access}` }),
    },
    ...(options.signal && { signal: options.signal }),
  });
}

/* Here and not in axios, which copies objects and with them the numbers that are
   kept as text (lib/json.ts). */
function text(body: unknown): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

function fill(path: string, values: Record<string, string | number>): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(String(values[name] ?? '')),
  );
}

/** Names one intention: a repeated send of it has one effect. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export function etag(rev: number): string {
  return `"${rev}"`;
}
