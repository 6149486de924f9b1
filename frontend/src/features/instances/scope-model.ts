import type { Token } from '../../api/types';

/** The scope of the whole process. */
export const root = '0';

type Place = Pick<Token, 'id' | 'element' | 'name' | 'scope'>;

export type Scope = { readonly id: string; readonly path: string };

/**
 * The scopes that have variables, the process first, each with the way to it as
 * people read it: 'Pack > Label'.  A scope is named by the token that opened it;
 * one whose token has just gone keeps its number.
 */
export function scopesOf(ids: readonly string[], tokens: readonly Place[]): readonly Scope[] {
  const byId = new Map(tokens.map((token) => [token.id, token]));
  const path = (id: string): string => {
    const token = byId.get(id);
    if (!token) return `Scope ${id}`;
    const name = token.name || token.element;
    return token.scope === root || token.scope === id ? name : `${path(token.scope)} › ${name}`;
  };
  const scopes = ids
    .filter((id) => id !== root)
    .map((id) => ({ id, path: path(id) }))
    .sort((a, b) => a.path.localeCompare(b.path) || Number(a.id) - Number(b.id));
  return [{ id: root, path: 'Process' }, ...apart(scopes)];
}

/* Runs of one element at once, as of several instances, have one name. */
function apart(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.map((scope) => {
    const same = scopes.filter(({ path }) => path === scope.path);
    if (same.length === 1) return scope;
    return { ...scope, path: `${scope.path}, ${same.indexOf(scope) + 1} of ${same.length}` };
  });
}
