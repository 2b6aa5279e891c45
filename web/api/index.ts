export { createMall, call, type Mall, type MallOptions, type Tokens, type TokenKeeper } from './client'
export { Fault, isFault } from './fault'
export type * from './schema'
