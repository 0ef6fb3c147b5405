import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const FONT = /url\(['"]?data:font\/woff2;base64,([^'")]+)['"]?\)/gu;
const COMPONENT = /^@cloudscape-design\/components\/(.*)$/u;
const PLAIN = new URL('src/plain/', import.meta.url).pathname;

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

/**
 * Two builds into one directory. The agents' console has the component library. The page where customers offer access (`--mode remote`) has
 * small components of the same names instead (`src/plain`), since customers may have slow phones: one that is missing there breaks the build.
 */
export default defineConfig(({ mode }) => {
  const remote = mode === 'remote';
  return {
    plugins: [react(), fontsAsFiles()],
    resolve: {
      alias: remote
        ? [
            { find: '@cloudscape-design/global-styles/index.css', replacement: `${PLAIN}plain.css` },
            { find: COMPONENT, replacement: `${PLAIN}$1` },
          ]
        : [],
    },
    build: {
      target: 'es2023',
      emptyOutDir: !remote,
      rolldownOptions: { input: [remote ? 'remote-assistance.html' : 'index.html'] },
      // No data: URLs: the page's policy would refuse them.
      assetsInlineLimit: 0,
      // The components and their languages are one chunk: a split would only add a round trip.
      chunkSizeWarningLimit: 1300,
    },
  };
});
