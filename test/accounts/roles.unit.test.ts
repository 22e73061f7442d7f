import { describe, expect, it } from 'vitest';
import { PERMISSIONS, permission, ROLES, type Action, type Role, type Situation } from '../../domain/roles.ts';
import { LOT_STAGES, PROCUREMENT_STAGES } from '../../domain/stages.ts';

const ACTIONS = Object.keys(PERMISSIONS) as Action[];

/** Every situation that a procurement, and a lot of it, can be in. */
const SITUATIONS: Situation[] = PROCUREMENT_STAGES.flatMap((stage) =>
  LOT_STAGES.flatMap((lotStage) =>
    [false, true].flatMap((opened) => [false, true].map((awarded) => ({ stage, lotStage, opened, awarded }))),
  ),
);

const may = (role: Role, action: Action, situation: Situation): boolean =>
  'scope' in permission(role, action, situation);

describe('who may do what (管办分离)', () => {
  it('nobody reads a bid, or who obtained the documents, before the opening', () => {
    for (const role of ROLES) {
      for (const situation of SITUATIONS.filter(({ opened }) => !opened)) {
        for (const action of [
          'bid.read',
          'document.obtainers',
          'opening.sign',
          'report.read',
          'deposit.read',
          'clue.read',
        ] as const) {
          expect(may(role, action, situation), `${role} ${action}`).toBe(false);
        }
        // How an opening stands is public from the close on (招标投标法 34).
        expect(may(role, 'opening.read', situation), `${role} opening.read`).toBe(situation.stage === 'opening');
      }
    }
  });

  it('nobody reads the names of a committee before the award', () => {
    for (const role of ROLES) {
      for (const situation of SITUATIONS.filter(({ awarded }) => !awarded)) {
        expect(may(role, 'committee.read', situation), role).toBe(false);
      }
    }
  });

  it('who supervises a tender runs nothing of it', () => {
    const running: Action[] = ACTIONS.filter((action) => !action.endsWith('.read')).filter((action) =>
      /^(procurement\.(draft|launch|amend|terminate)|document\.upload|question|bid\.(submit|withdraw)|report\.submit|award|contract|duty|lot|grievance\.(file|reply))/.test(
        action,
      ),
    );
    expect(running.length).toBeGreaterThan(12);
    for (const role of [
      'office',
      'supervisor',
      'discipline',
      'auditor',
      'centre',
      'administrator',
      'expert',
    ] as const) {
      for (const situation of SITUATIONS) {
        for (const action of running) expect(may(role, action, situation), `${role} ${action}`).toBe(false);
      }
    }
  });

  it('an administrator runs accounts and sees of tenders what the public sees', () => {
    for (const situation of SITUATIONS) {
      for (const action of ACTIONS) {
        // Accounts, organisations and those who register one, messages that did not arrive, and what the installation has.
        if (
          ['account.manage', 'registration.decide', 'delivery.read', 'setup.read'].includes(action) ||
          action.startsWith('organisation.')
        )
          continue;
        expect(may('administrator', action, situation), action).toBe(may('public', action, situation));
      }
    }
  });

  it('a supplier’s bids are its own, and are handed in and taken back in the bidding stage only', () => {
    for (const situation of SITUATIONS) {
      for (const action of ['bid.submit', 'bid.withdraw'] as const) {
        const answer = permission('supplier', action, situation);
        if (situation.stage === 'bidding') expect(answer).toEqual({ scope: 'own' });
        else expect(answer).toEqual({ denied: 'stage' });
        for (const role of ROLES.filter((other) => other !== 'supplier')) {
          expect(permission(role, action, situation)).toEqual({ denied: 'role' });
        }
      }
    }
  });

  it('only the purchaser decides the award and signs the contract', () => {
    for (const action of ['award.decide', 'contract.sign'] as const) {
      expect(ROLES.filter((role) => SITUATIONS.some((situation) => may(role, action, situation)))).toEqual([
        'purchaser',
      ]);
    }
  });

  it('those who run tenders reach their own only', () => {
    for (const role of ['purchaser', 'agency'] as const) {
      for (const action of ACTIONS) {
        const scope = (PERMISSIONS[action].roles as Partial<Record<Role, string>>)[role];
        const open = [
          'session.own',
          // Of the bank, which has no account: its signature is asked for instead.
          'deposit.notify',
          'procurement.read',
          'document.published',
          'opening.read',
          'draw.read',
          'scheme.read',
          'notice.read',
          'log.read',
          'law.read',
          'clock.read',
          // Whom they name in a draft or a mandate, whatever tender it is for.
          'organisation.look-up',
          'registration.request',
        ].includes(action);
        // What concerns their organisation or the person, and no tender; what is prepared is judged by the act itself besides.
        const own = ['mandate.', 'control.declare', 'prepared-act.', 'calendar.subscribe'].some((start) =>
          action.startsWith(start),
        );
        if (own) expect(scope, `${role} ${action}`).toBe('own');
        else expect([undefined, open ? 'any' : 'procurement'], `${role} ${action}`).toContain(scope);
      }
    }
  });

  it('what is not tied to a stage that is known is denied', () => {
    expect(permission('purchaser', 'procurement.launch', {})).toEqual({ denied: 'stage' });
    expect(permission('purchaser', 'award.decide', { stage: 'evaluation' })).toEqual({ denied: 'stage' });
    expect(permission('auditor', 'bid.read', {})).toEqual({ denied: 'before-opening' });
  });

  it('every action says in Chinese what it is', () => {
    for (const action of ACTIONS) expect(PERMISSIONS[action].zh).toMatch(/\p{Script=Han}/u);
  });
});
