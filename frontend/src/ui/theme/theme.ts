import { createTheme } from '@mui/material/styles';

const tone = (name: string) => ({
  main: `var(--w-${name})`,
  light: `var(--w-${name}-soft)`,
  dark: `var(--w-${name})`,
  contrastText: 'var(--w-on-accent)',
});

/** MUI reads the colours of tokens.css, so a change of scheme renders nothing anew. */
export const theme = createTheme({
  cssVariables: { nativeColor: true, cssVarPrefix: 'm' },
  palette: {
    primary: {
      main: 'var(--w-accent)',
      light: 'var(--w-accent-soft)',
      dark: 'var(--w-accent-strong)',
      contrastText: 'var(--w-on-accent)',
    },
    error: tone('incident'),
    warning: tone('waiting'),
    success: tone('done'),
    info: tone('active'),
    text: { primary: 'var(--w-text)', secondary: 'var(--w-text-2)', disabled: 'var(--w-text-3)' },
    background: { default: 'var(--w-canvas)', paper: 'var(--w-surface)' },
    divider: 'var(--w-line)',
    action: { hover: 'var(--w-hover)', active: 'var(--w-text-2)', disabled: 'var(--w-text-3)' },
  },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontSize: 13,
    button: { textTransform: 'none', fontWeight: 550, letterSpacing: 0 },
  },
  transitions: { duration: { enteringScreen: 160, leavingScreen: 120, standard: 160 } },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'small' },
      styleOverrides: {
        root: {
          minHeight: 32,
          padding: '4px 12px',
          whiteSpace: 'nowrap',
          '&.Mui-disabled': { color: 'var(--w-text-3)' },
        },
        outlined: { borderColor: 'var(--w-line)', backgroundColor: 'var(--w-surface)' },
      },
    },
    MuiIconButton: { styleOverrides: { root: { borderRadius: 8 } } },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiDialog: {
      styleOverrides: {
        paper: {
          border: '1px solid var(--w-line)',
          boxShadow: '0 12px 40px rgb(0 0 0 / 22%)',
          backgroundColor: 'var(--w-raised)',
        },
      },
    },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.0625rem', fontWeight: 620 } } },
    MuiDialogActions: { styleOverrides: { root: { padding: '12px 24px 20px' } } },
    MuiBackdrop: {
      styleOverrides: {
        root: { '&:not(.MuiBackdrop-invisible)': { background: 'var(--w-scrim)' } },
      },
    },
    MuiMenu: {
      styleOverrides: {
        paper: {
          border: '1px solid var(--w-line)',
          boxShadow: '0 8px 24px rgb(0 0 0 / 14%)',
          backgroundColor: 'var(--w-raised)',
        },
      },
    },
    MuiMenuItem: { styleOverrides: { root: { fontSize: '0.875rem', minHeight: 34 } } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiOutlinedInput: {
      styleOverrides: {
        root: { backgroundColor: 'var(--w-surface)', fontSize: '0.875rem' },
        notchedOutline: { borderColor: 'var(--w-line-strong)' },
      },
    },
    MuiTabs: {
      styleOverrides: {
        root: { minHeight: 40 },
        indicator: { backgroundColor: 'var(--w-accent)' },
      },
    },
    MuiTab: {
      styleOverrides: {
        root: {
          minHeight: 40,
          padding: '8px 14px',
          minWidth: 0,
          fontSize: '0.875rem',
          color: 'var(--w-text-2)',
          '&.Mui-selected': { color: 'var(--w-text)' },
        },
      },
    },
    MuiSkeleton: { styleOverrides: { root: { backgroundColor: 'var(--w-sunken)' } } },
  },
});
