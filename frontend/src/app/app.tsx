import GlobalStyles from '@mui/material/GlobalStyles';
import { StyledEngineProvider, ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';

import { newQueryClient } from '../api/query-client';
import { later } from '../ui/later';
import { theme } from '../ui/theme/theme';
import { newRouter } from './router';

const Toaster = later(() => import('../ui/toaster'));
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
          <Toaster />
        </QueryClientProvider>
      </ThemeProvider>
    </StyledEngineProvider>
  );
}
