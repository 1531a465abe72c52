import type { EntityManager } from 'typeorm';

/** How each of some stores is made, with what it needs and beside the others. */
export type Makers<Stores, Needs, All = Stores> = {
  readonly [Name in keyof Stores]: (manager: EntityManager, needs: Needs, stores: All) => Stores[Name];
};

/**
 * Stores that are made when they are asked for, each once: a unit of work asks for a few, and to make all of them took a
 * twentieth of what a patch costs.
 */
export function lazyStores<Stores extends object, Needs>(
  makers: Makers<Stores, Needs>,
  needs: Needs,
): (manager: EntityManager) => Stores {
  class Lazy {
    readonly made: Partial<Stores> = {};
    constructor(readonly manager: EntityManager) {}
  }
  for (const name of Object.keys(makers) as (keyof Stores)[]) {
    const get = function (this: Lazy): Stores[typeof name] {
      return (this.made[name] ??= makers[name](this.manager, needs, this as unknown as Stores));
    };
    Object.defineProperty(Lazy.prototype, name, { get });
  }
  return (manager) => new Lazy(manager) as unknown as Stores;
}
