import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Definition = Schemas['Definition'];
export type Instance = Schemas['Instance'];
export type InstanceState = Instance['state'];
export type Token = Schemas['Token'];
export type TokenState = Token['state'];
export type HistoryEvent = Schemas['HistoryEvent'];
export type HistoryType = HistoryEvent['type'];
export type Task = Schemas['Task'];
export type TaskState = Task['state'];
export type Incident = Schemas['Incident'];
export type Finding = Schemas['Finding'];
export type ProblemCode = NonNullable<Schemas['Problem']['code']>;

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The operation at a path, never when the path has no such method. */
export type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;

export type PathWith<M extends Method> = {
  [P in keyof paths]: [Operation<P, M>] extends [never] ? never : P;
}[keyof paths];

type Parameters<O> = O extends { parameters: infer P } ? P : never;
type Content<T> = T extends { content: infer C } ? C[keyof C] : undefined;

type BodyOf<O> = O extends { requestBody: infer B }
  ? { body: Content<B> }
  : O extends { requestBody?: infer B }
    ? { body?: Content<NonNullable<B>> }
    : { body?: never };

/** What a call takes: path, query, header and body of its operation; a body of
    text needs its media type. */
export type Options<O> = Pick<Parameters<O>, keyof Parameters<O> & ('path' | 'query' | 'header')> &
  BodyOf<O> & { signal?: AbortSignal; contentType?: string };

type Good = 200 | 201 | 202 | 204;

/** What a call answers when it succeeds. */
export type Answer<O> = O extends { responses: infer R } ? Content<R[keyof R & Good]> : never;
