/** What one manager owns of an object. */
export interface FieldsEntry {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource?: "status";
  /** RFC 3339, of its last change; absent: when the object was created. */
  readonly time?: string;
  /** `fieldsV1`, as JSON; absent: all that the object sets. Most objects have one manager, and then nothing is worked out or kept. */
  readonly fields?: string;
}

/** As many different ones are shared: objects that were made alike have the same. */
const MAX_SHARED = 4_096;
const sharedByText = new Map<string, ManagedFields>();

/**
 * Who owns which fields of an object. It stays on the server: as JSON it is nothing, so that neither agents nor browsers are sent it
 * wherever they are sent the object. Whoever may see it asks for its entries.
 */
export class ManagedFields {
  readonly entries: readonly FieldsEntry[];

  private constructor(entries: readonly FieldsEntry[]) {
    this.entries = entries;
  }

  /** Undefined if nobody owns anything: such an object is not followed. */
  static of(entries: readonly FieldsEntry[]): ManagedFields | undefined {
    if (entries.length === 0) return undefined;
    if (entries.some(({ time }) => time !== undefined)) return new ManagedFields(entries);
    const text = JSON.stringify(entries);
    let shared = sharedByText.get(text);
    if (shared === undefined) {
      if (sharedByText.size >= MAX_SHARED) sharedByText.clear();
      sharedByText.set(text, (shared = new ManagedFields(entries)));
    }
    return shared;
  }

  toJSON(): undefined {
    return undefined;
  }
}
