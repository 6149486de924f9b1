/* Sets the colour scheme before the first paint; a file of its own because the
   content security policy allows no inline script. */
(function () {
  var chosen = null;
  try {
    chosen = JSON.parse(localStorage.getItem('weir-ui') || '{}').state.scheme;
  } catch {
    /* nothing stored, or storage is off: the system decides */
  }
  if (chosen !== 'light' && chosen !== 'dark') {
    chosen = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.scheme = chosen;
})();
