import { procedureOf } from '../../../domain/procedures/index.ts';
import { addDocument } from '../../../services/documents/add.ts';
import { createDraft } from '../../../services/procurements/draft.ts';
import { launchProcurement } from '../../../services/procurements/launch.ts';
import { snapshotOf } from '../invariants/snapshot.ts';
import type { World } from '../world.ts';
import { drafted } from './drafts.ts';
import { fileOf } from './files.ts';
import { newStory, type Story } from './story.ts';

/** Drafts a tender and launches it, as far as the law lets it. Null: it does not. */
export async function launches(world: World): Promise<Story | null> {
  const { db, people, random } = world;
  const { draft, purchaser, invited, isUnlawful } = drafted(random, people, world.civilNow);
  const actor = people.runs({ purchaser });
  const made = await world.act(null, 'draft', 'either', (tx) => createDraft(tx, actor, draft));
  if (!made.accepted) return null;
  const { id } = made.value;
  const file = await fileOf(db, '招标文件');
  const document = { procurementId: id, name: '招标文件.pdf', mediaType: 'application/pdf' };
  await world.act(null, 'add document', 'accepted', (tx) =>
    addDocument(tx, actor, { ...document, kind: 'tender-documents', file }),
  );
  const name = `T${world.stories.length + 1}`;
  const story = newStory({ id, name, definition: procedureOf(draft), purchaser, invited });
  const launched = await world.act(story, 'launch', isUnlawful ? 'refused' : 'accepted', (tx) =>
    launchProcurement(tx, actor, id),
  );
  if (!launched.accepted) return null;
  story.seen = await snapshotOf(db.read, id);
  world.stories.push(story);
  world.note(`${story.name} ${draft.regime} ${draft.procedure} ${draft.lots.length}`);
  return story;
}
