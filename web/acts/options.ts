import type { PageContext } from '../http/page.tsx';
import type { Options } from './fields.tsx';

interface Party {
  readonly id: string;
  readonly name: string;
}

/** What people choose by its name, and a request names by its id: at the place of an act, as far as the visitor may see it. */
export async function optionsFor(context: PageContext, path: string): Promise<Options> {
  const [, tender, lot] = /^\/procurements\/([^/]+)(?:\/lots\/(\d+))?/.exec(path) ?? [];
  const options: Record<string, Options[string]> = {};
  if (tender !== undefined && lot !== undefined) {
    const { body } = await context.ask({ method: 'get', path: `/procurements/${tender}/opening` });
    const bids = openedBids(body, Number(lot));
    if (bids.length > 0) {
      const choices = bids.map(({ id, name }) => ({ value: id, text: name }));
      for (const name of ['bidId', 'candidates.bidId', 'others.bidId', 'rejected.bidId', 'winnerBidId'])
        options[name] = choices;
    }
  }
  return options;
}

/** The bids of a lot that its opening record names. */
function openedBids(body: unknown, lotNo: number): Party[] {
  const { items: records = [] } = (body ?? {}) as {
    items?: { lotNo: number; entries: { bidId: string; supplier: string }[] }[];
  };
  return records
    .filter((record) => record.lotNo === lotNo)
    .flatMap(({ entries }) => entries.map(({ bidId, supplier }) => ({ id: bidId, name: supplier })));
}
