// The categories that shoppers see, and what stands behind each.
import type { RouteLocationRaw } from 'vue-router'
import type { CategoryId, FrontNode } from '@shangpin/api'
import { call, mall } from '@/mall'

const FRESH_MS = 60_000
/** More than this the search does not take. */
const MOST = 50
let kept: { at: number; nodes: Promise<FrontNode[]> } | null = null

/** The tree: read once a minute, for all pages that need it. */
export function readTree(anew = false): Promise<FrontNode[]> {
  if (kept && !anew && Date.now() - kept.at < FRESH_MS) return kept.nodes
  const mine = { at: Date.now(), nodes: call(mall.GET('/api/v1/front-categories')).then(tree => tree.items) }
  kept = mine
  // A failure is not worth keeping.
  mine.nodes.catch(() => {
    if (kept === mine) kept = null
  })
  return mine.nodes
}

export function findNode(nodes: FrontNode[], id: string): FrontNode | null {
  for (const node of nodes) {
    const found = node.id === id ? node : findNode(node.children, id)
    if (found) return found
  }
  return null
}

/** Back categories of a node and of all below it, each once. */
export function categoriesOf(node: FrontNode): CategoryId[] {
  const all = (one: FrontNode): CategoryId[] => [...one.categories, ...one.children.flatMap(all)]
  return [...new Set(all(node))].slice(0, MOST)
}

export function linkTo(node: FrontNode): RouteLocationRaw {
  if (node.flag === 'seckill') return { name: 'seckill' }
  return { name: 'list', query: node.flag === 'new' ? { new: '1', front: node.id } : { front: node.id } }
}

export interface Group {
  /** The second level as a heading; null for what hangs below the first level itself. */
  node: FrontNode | null
  tiles: FrontNode[]
}

/** What is shown beside a first-level category: tiles, with headings where there is a third level. */
export function groupsOf(root: FrontNode): Group[] {
  const flat = root.children.filter(one => one.children.length === 0)
  const deep = root.children.filter(one => one.children.length > 0).map(node => ({ node, tiles: node.children }))
  return flat.length ? [{ node: null, tiles: flat }, ...deep] : deep
}
