/** Of every database that a test is given: one role owns it, and the service connects as the other. */
export const ROLES = {
  owner: { name: 'kaibiao_owner', password: 'of the owner' },
  service: { name: 'kaibiao', password: 'of the service' },
} as const;
