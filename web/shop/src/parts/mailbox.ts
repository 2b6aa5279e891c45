// A demo mall shows its text messages on a page of its own; a real one has no such page.
import { ref, watch, type Ref } from 'vue'

const PAGE = '/dev/mailbox'
let known: Promise<boolean> | null = null

async function isDemo(): Promise<boolean> {
  try {
    const answer = await fetch(`${PAGE}.json`, { headers: { Accept: 'application/json' } })
    // A server that answers every path with the app's page is no demo.
    return answer.ok && (answer.headers.get('content-type') ?? '').includes('json')
  } catch {
    return false
  }
}

/** Where the messages can be read, once there is one to read; empty in a real mall. */
export function useMailbox(wanted: Readonly<Ref<boolean>>): Ref<string> {
  const place = ref('')
  watch(
    wanted,
    async now => {
      if (now && (await (known ??= isDemo()))) place.value = PAGE
    },
    { immediate: true },
  )
  return place
}
