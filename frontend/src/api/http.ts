import axios, { isCancel, type AxiosRequestConfig } from 'axios';
import { z } from '../lib/zod';

import { parseJson } from '../lib/json';
import { toProblem } from './problem';
import { heard } from './reach';

const text = z.string();

function read(data: unknown, headers: { get(name: string): unknown }): unknown {
  const body = text.safeParse(data);
  if (!body.success || body.data === '') return undefined;
  return String(headers.get('content-type')).includes('json') ? parseJson(body.data) : body.data;
}

const http = axios.create({
  responseType: 'text',
  timeout: 60_000,
  transformResponse: [read],
});

/** One exchange; throws a Problem. */
export async function exchange<T>(config: AxiosRequestConfig): Promise<T> {
  try {
    const { data } = await http.request<T>(config);
    heard(true);
    return data;
  } catch (error) {
    const problem = toProblem(error);
    if (!isCancel(error)) heard(!problem.retryable);
    throw problem;
  }
}
