/** A notice in the chain of those that correct one another. */
export interface Link {
  readonly id: string;
  /** The notice that it corrects. */
  readonly corrects: string | null;
}

/** All notices that follow one: those that correct it, those that correct these, and so on, in the order given. */
export function followersOf<T extends Link>(links: readonly T[], id: string): T[] {
  const followed = new Set([id]);
  // A correction is published after what it corrects, but two of one instant may be in either order.
  for (let size = 0; size < followed.size;) {
    size = followed.size;
    for (const link of links) if (link.corrects !== null && followed.has(link.corrects)) followed.add(link.id);
  }
  return links.filter((link) => link.id !== id && followed.has(link.id));
}
