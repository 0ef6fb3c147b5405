import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The library's stylesheet carries its fonts inside; as files they need no exception in the page's policy, and load when needed. */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue;
        asset.source = String(asset.source).replace(/url\(['"]?data:font\/woff2;base64,([^'")]+)['"]?\)/g, (_url, data: string) => {
          const font = this.emitFile({ type: 'asset', name: 'font.woff2', source: Buffer.from(data, 'base64') });
          return `url(/${this.getFileName(font)})`;
        });
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  build: {
    target: 'es2023',
    // The agents' console, and the page where a customer offers access.
    rolldownOptions: { input: ['index.html', 'remote-assistance.html'] },
    // Nothing inside the page as a data: URL, which its policy would refuse.
    assetsInlineLimit: 0,
    // Components and language are one piece: splitting them would only add a round trip.
    chunkSizeWarningLimit: 1300,
  },
});
