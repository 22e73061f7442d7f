import { page } from '../http/page.ts';
import { AmountSaid } from '../parts/amount-field.tsx';
import { PartyChoices, SEARCHED } from '../parts/party-field.tsx';
import { accountsNamed, partiesNamed, tendersNamed } from './options.ts';
import { typedOf } from './form-values.ts';

// What fields ask for while something is typed; without the script a button of the form does it.

const found = (path: string, named: typeof partiesNamed) =>
  page({
    path,
    for: 'person',
    handle: async (context) => {
      const [query = ''] = [...typedOf(context.request.query)].flatMap(([name, values]) =>
        name.startsWith(SEARCHED) ? values : [],
      );
      return { part: <PartyChoices query={query} choices={await named(context, query)} /> };
    },
  });

export const fieldPartPages = [
  found('/console/organisations/named', partiesNamed),
  found('/console/procurements/named', tendersNamed),
  found('/console/accounts/named', accountsNamed),
  page({
    path: '/console/amount',
    for: 'person',
    handle: async ({ request }) => {
      const [text = ''] = [...typedOf(request.query).values()].flat();
      return { part: <AmountSaid text={typeof text === 'string' ? text.slice(0, 40) : ''} /> };
    },
  }),
];
