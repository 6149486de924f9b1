import { Toaster as Sonner } from 'sonner';

export default function Toaster() {
  return (
    <Sonner
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
  );
}
