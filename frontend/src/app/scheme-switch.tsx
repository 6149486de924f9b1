import IconButton from '@mui/material/IconButton';

import { systemScheme, useUi } from '../lib/ui-store';
import { MoonIcon, SunIcon } from '../ui/icons';

export function SchemeSwitch() {
  const { scheme, setScheme } = useUi();
  const dark = (scheme ?? systemScheme()) === 'dark';
  const label = dark ? 'Use light colours' : 'Use dark colours';
  return (
    <IconButton
      title={label}
      aria-label={label}
      onClick={() => {
        setScheme(dark ? 'light' : 'dark');
      }}
    >
      {dark ? <SunIcon fontSize="small" /> : <MoonIcon fontSize="small" />}
    </IconButton>
  );
}
