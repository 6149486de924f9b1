import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { z } from '../../lib/zod';

import { Problem } from '../../api/problem';
import { FailureNote } from '../../ui/feedback';
import { Field, Form } from '../../ui/form';
import { login } from '../../api/session';

const schema = z.object({
  username: z.string().check(z.trim(), z.minLength(1, 'Your user name is needed')),
  password: z.string().check(z.minLength(1, 'Your password is needed')),
});

export function LoginForm({ done }: { done?: () => void }) {
  const attempt = useMutation({ mutationFn: login });
  return (
    <Form
      id="login"
      schema={schema}
      defaults={{ username: '', password: '' }}
      onSubmit={(values) => {
        attempt.mutate(values, { onSuccess: () => done?.() });
      }}
    >
      <Field name="username" label="User" autoComplete="username" autoFocus />
      <Field name="password" label="Password" type="password" autoComplete="current-password" />
      <FailureNote problem={attempt.error && inWords(attempt.error)} />
      <Button type="submit" variant="contained" size="large" loading={attempt.isPending}>
        Log in
      </Button>
    </Form>
  );
}

function inWords(problem: Problem): Problem {
  if (problem.status !== 401) return problem;
  const detail = 'User name and password do not match.';
  return new Problem({ code: problem.code, status: 401, title: problem.title, detail });
}
