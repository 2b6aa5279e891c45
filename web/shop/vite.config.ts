/// <reference types="vitest/config" />
import vue from '@vitejs/plugin-vue'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const mall = process.env.MALL_URL ?? 'http://127.0.0.1:8080'

/** Puts a `.br` and a `.gz` beside each text file: the mall sends them as they are. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // Last of all: Vite itself still writes into the files when lazy chunks find out what they need.
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|svg|json)$/.test(file.fileName)) continue
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          if (source.length < 512) continue
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: brotliCompressSync(source, { params }) })
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: gzipSync(source, { level: 9 }) })
        }
      },
    },
  }
}

/** Vant names a font on a CDN beside the one in its style sheet: nothing of ours comes from elsewhere. */
function fontsOfOurOwn(): Plugin {
  return {
    name: 'fonts-of-our-own',
    enforce: 'pre',
    transform(code, id) {
      if (!/vant\/es\/icon\/index\.css/.test(id)) return null
      const own = code.replace(/,\s*url\((['"]?)(?:https?:)?\/\/[^)]*\)\s*format\((['"]?)woff\2\)/g, '')
      if (/alicdn/.test(own)) this.error('the icon style sheet still names a font elsewhere')
      return { code: own, map: null }
    },
  }
}

export default defineConfig({
  plugins: [fontsOfOurOwn(), vue(), compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: { target: 'es2022', cssCodeSplit: true, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: {
    strictPort: true,
    proxy: Object.fromEntries(
      ['/api', '/media', '/uploads', '/cashier', '/dev'].map(path => [path, { target: mall, changeOrigin: true }]),
    ),
  },
  test: { environment: 'happy-dom', server: { deps: { inline: ['vant'] } }, include: ['src/**/*.spec.ts', '../api/**/*.spec.ts'] },
})
