import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../ui/theme/index.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { restore } from '../api/session';
import { App } from './app';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

await restore();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
