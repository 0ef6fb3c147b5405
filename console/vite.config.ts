import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const FONT = /url\(['"]?data:font\/woff2;base64,([^'")]+)['"]?\)/gu;

/** Takes the fonts out of the library's stylesheet. As files they need no exception in the page's policy, and load only when needed. */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    enforce: 'post',
    generateBundle(_, bundle) {
      const asFile = (_url: string, data: string) => {
        const font = this.emitFile({ type: 'asset', name: 'font.woff2', source: Buffer.from(data, 'base64') });
        return `url(/${this.getFileName(font)})`;
      };
      for (const asset of Object.values(bundle)) {
        if (asset.type === 'asset' && asset.fileName.endsWith('.css')) {
          asset.source = String(asset.source).replace(FONT, asFile);
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  build: {
    target: 'es2023',
    // The agents' console, and the page where customers offer access.
    rolldownOptions: { input: ['index.html', 'remote-assistance.html'] },
    // No data: URLs: the page's policy would refuse them.
    assetsInlineLimit: 0,
    // The components and their languages are one chunk: a split would only add a round trip.
    chunkSizeWarningLimit: 1300,
  },
});
