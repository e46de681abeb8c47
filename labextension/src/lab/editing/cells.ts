/*
 * Help in the editors of recipes, and in no others: each editor of a cell has an empty place, which
 * is filled while its cell begins with `%%finetune`. That is all that is looked at when a cell
 * changes. What is there and what is not follows the settings at once.
 */
import { Compartment, EditorState, type Extension, type Text } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import { EditorExtensionRegistry, type IEditorExtensionFactory } from "@jupyterlab/codemirror";
import { BEGINNING, isRecipe } from "./body";

/** Marks the editor of a recipe. */
export const RECIPE_CLASS = "ft-editing";

const isOurs = (doc: Text) => isRecipe(doc.sliceString(0, Math.min(doc.length, BEGINNING)));

export class RecipeCells {
  readonly #slots = new Map<EditorView, Compartment>();
  #last: EditorView | null = null;

  /** @param help what an editor of a recipe has at the moment */
  constructor(readonly help: () => Extension) {}

  /** The editor of a recipe that has the cursor, or had it last. */
  get current(): EditorView | null {
    const view = [...this.#slots.keys()].find((one) => one.hasFocus) ?? this.#last;
    return view && this.#slots.has(view) && isOurs(view.state.doc) ? view : null;
  }

  /** Fill the places anew, after a setting was changed. */
  refresh(): void {
    for (const [view, slot] of this.#slots) {
      if (isOurs(view.state.doc)) view.dispatch({ effects: slot.reconfigure(this.#filled()) });
    }
  }

  /** For the registry: code cells alone have a place. */
  get factory(): IEditorExtensionFactory {
    return {
      name: "ftkernel:editing-help",
      factory: ({ inline, model }) => {
        const isCode = inline && "type" in model && model.type === "code";
        if (!isCode) return null;
        const begins = isRecipe(model.sharedModel.getSource().slice(0, BEGINNING));
        return EditorExtensionRegistry.createImmutableExtension(this.#place(begins));
      },
    };
  }

  #filled(): Extension {
    return [EditorView.editorAttributes.of({ class: RECIPE_CLASS }), this.help()];
  }

  #place(begins: boolean): Extension {
    const slot = new Compartment();
    return [
      slot.of(begins ? this.#filled() : []),
      EditorState.transactionExtender.of(({ docChanged, startState, newDoc }) => {
        if (!docChanged) return null;
        const is = isOurs(newDoc);
        if (is === isOurs(startState.doc)) return null;
        return { effects: slot.reconfigure(is ? this.#filled() : []) };
      }),
      ViewPlugin.define((view) => {
        this.#slots.set(view, slot);
        return {
          update: ({ focusChanged }) => {
            if (focusChanged && view.hasFocus) this.#last = view;
          },
          destroy: () => void this.#slots.delete(view),
        };
      }),
    ];
  }
}
