import GlobalStyles from '@mui/material/GlobalStyles';
import { StyledEngineProvider, ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';
import { Toaster } from 'sonner';

import { newQueryClient } from '../api/query-client';
import { theme } from '../ui/theme/theme';
import { newRouter } from './router';

const queryClient = newQueryClient();
const router = newRouter();

export function App() {
  return (
    <StyledEngineProvider enableCssLayer>
      {/* MUI prepends its styles to <head>; without this its layer would come first. */}
      <GlobalStyles styles="@layer theme, base, mui, vendor, components, utilities;" />
      <ThemeProvider theme={theme}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Toaster
            position="bottom-left"
            toastOptions={{
              unstyled: true,
              classNames: {
                toast:
                  'flex w-full items-center gap-2.5 rounded-card border border-line bg-raised px-4 py-3 text-sm text-text shadow-lg',
                success: '[&_[data-icon]]:text-done',
                error: '[&_[data-icon]]:text-incident',
                actionButton:
                  'ml-auto cursor-pointer border-0 bg-transparent text-sm font-semibold text-accent',
              },
            }}
          />
        </QueryClientProvider>
      </ThemeProvider>
    </StyledEngineProvider>
  );
}
