import { pageLanguages, pickLanguage } from "../core/language";
import { speaker } from "../core/texts";
import texts from "../core/texts.json";

/** The run widget: what anywidget calls. */
export default {
  render({ model, el }: { model: { get(name: string): string }; el: HTMLElement }): void {
    const say = speaker(texts, pickLanguage(model.get("language"), pageLanguages()));
    el.setAttribute("aria-label", say("live.label", { name: model.get("run") }));
  },
};
