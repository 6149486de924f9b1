import { useEffect } from 'react';

import { Logo } from '../../ui/logo';
import { LoginForm } from './login-form';

export default function LoginPage() {
  useEffect(() => {
    document.title = 'Log in · Weir';
  }, []);
  return (
    <main className="grid min-h-full place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex justify-center">
          <Logo />
        </div>
        <div className="rounded-card border border-line bg-surface p-6 sm:p-8">
          <h1 className="mt-0 mb-1 text-lg font-semibold">Log in</h1>
          <p className="mt-0 mb-6 text-sm text-text-2">
            Deploy, run and repair business processes.
          </p>
          <LoginForm />
        </div>
        <p className="mt-4 text-center text-xs text-text-2">
          First start? The password of <span className="font-mono">admin</span> is printed by{' '}
          <span className="font-mono">./dev password</span>.
        </p>
      </div>
    </main>
  );
}
