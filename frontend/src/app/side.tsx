import Drawer from '@mui/material/Drawer';

import { Logo } from '../ui/logo';
import { Places } from './places';

type Props = { readonly open: boolean; readonly onClose: () => void };

/** The navigation of a narrow window, over the page. */
export default function Side({ open, onClose }: Props) {
  return (
    <Drawer open={open} onClose={onClose}>
      <div className="w-64 py-4" onClick={onClose}>
        <div className="px-5 pb-4">
          <Logo />
        </div>
        <Places />
      </div>
    </Drawer>
  );
}
