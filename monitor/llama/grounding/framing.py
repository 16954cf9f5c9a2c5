"""What stands around a question and asks nothing: greetings, thanks, and why somebody wants to know."""

import re
from typing import Final

_PAPER_EN: Final = (
    r"(?:report|reports|inventory|audit|documentation|form|ticket|presentation|meeting|spreadsheet|records|notes|paper"
    r"|summary|review|survey|homework|incident|post-?mortem|sheet|slide|slides|article|memo|email|mail|log|logbook"
    r"|checklist|document)"
)
_PAPER_FR: Final = (
    r"(?:rapport|compte[- ]rendu|bilan|inventaire|dossier|fiche|audit|formulaire|presentation|document|tableau|note"
    r"|resume|synthese|reunion|devis|memoire de stage|mail|courriel|article|expose|releve)"
)
_BOSS_EN: Final = (
    r"(?:boss|manager|chief|teacher|colleague|client|customer|team|admin|auditor|director|supervisor|coworker|friend)"
)
_BOSS_FR: Final = (
    r"(?:chef|cheffe|patron|patronne|collegue|prof|professeur|client|cliente|responsable|direction|equipe|dsi|directeur"
    r"|directrice|admin|copain|copine|ami|amie)"
)
_SAY_EN: Final = (
    r"(?:report(?: back)?|note(?: down)?|write down|provide|document|record|state|look up|find out|check|tell|give"
    r"|confirm|verify|know|share|pass on|send)"
)
_SAY_FR: Final = (
    r"(?:relever|noter|donner|reporter|indiquer|signaler|verifier|trouver|fournir|communiquer|preciser|savoir|connaitre"
    r"|dire|transmettre|rappeler|montrer|consigner|voir|controler|annoncer|regarder)"
)
#: Each is looked for in a folded text.
_FRAMES: Final = re.compile(
    r"\b(?:"
    # English
    r"(?:many |a thousand )?thanks(?: a lot| so much| very much| again)?(?: in advance)?"
    r"|thank you(?: so much| very much| kindly)?(?: in advance)?|cheers"
    r"|good (?:morning|afternoon|evening|day)(?: to you| everyone| all)?"
    r"|(?:just )?(?:a )?quick (?:one|question|check|query)(?: for you)?|sorry to bother you"
    r"|if you (?:please|don't mind|would be so kind|can|could)|when you have a (?:moment|minute|second)"
    r"|(?:could|can|would|will) you (?:be so kind as to |please |kindly |just )*help me(?: out)?"
    rf"|(?:could|can|would|will) you (?:be so kind as to |please |kindly |just )*{_SAY_EN}(?: and {_SAY_EN})?"
    r"(?: me| us)?(?: to| about| with)?"
    rf"|(?:i|we)(?: have|'ve| am|'m| are|'re| was| were)?(?: been)? (?:asked|told|required|expected|supposed) to"
    rf" {_SAY_EN}(?: (?:my|our|the) {_BOSS_EN})?"
    rf"|(?:i|we)(?:'d| would) (?:like|love|be glad) to {_SAY_EN}"
    rf"|(?:my|our|the|a|an|some|one of my) {_BOSS_EN}s? (?:has |have |is |are )?"
    r"(?:asks?|asked|asking|wants?|wanted|needs?|would like)"
    rf"(?: me| us)?(?: for| to {_SAY_EN})?"
    rf"|for (?:my|our|the|a|an|this|some) (?:\w+ )?{_PAPER_EN}"
    r"|(?:i'm|i am|we're|we are) (?:writing|filling|preparing|drafting|compiling|putting together|finishing|doing)"
    rf"(?: up| in| out)? (?:a|an|the|my|our|some) (?:\w+ )?{_PAPER_EN}(?: for (?:\w+ )?\w+)?"
    rf"(?:,? and(?: (?:it|they|we|i) (?:wants?|needs?|asks? for|(?:would|'d) like(?: to {_SAY_EN})?))?)?"
    # French
    r"|(?:mille |grand )?merci(?: bien| beaucoup| d'avance| par avance| infiniment)*(?: pour (?:ton|votre) aide)?"
    r"|bonsoir|bonne journee|bonne soiree|cordialement|desole de (?:te|vous) deranger"
    r"|s'il (?:te|vous) plait|je (?:te|vous) (?:prie|remercie)(?: d'avance)?"
    r"|auriez[- ]vous (?:l'amabilite|la gentillesse|la bonte|l'obligeance|moyen) de(?: me| m')? ?"
    rf"{_SAY_FR}?"
    rf"|(?:pourriez|pouvez|peux|pourrais|sauriez|saurais)[- ](?:vous|tu)(?: me| nous)? ?(?:m'|nous )?{_SAY_FR}"
    rf"|(?:j'aurais|j'ai|on a|nous avons|on aurait) besoin de {_SAY_FR}"
    rf"|j'aimerais(?: bien)? {_SAY_FR}|je (?:voudrais|souhaite|souhaiterais|veux)(?: bien)? {_SAY_FR}"
    rf"|(?:je|nous) (?:dois|devons|devrais) {_SAY_FR}|il (?:me|nous) faudrait"
    rf"|on m'a (?:demande|dit|charge|prie) de {_SAY_FR}"
    rf"|(?:mon|ma|notre|le|la|un|une) {_BOSS_FR} (?:me |m'a |nous |nous a |a |aimerait |veut )?"
    rf"(?:demande|veut|voudrait|reclame|souhaite)?(?: de)?(?: {_SAY_FR})?"
    r"|(?:je |j'|nous |on )(?:prepare|redige|remplis|remplit|ecris|ecrit|fais|fait|complete|dresse|termine)(?:ons)?"
    rf" (?:un|une|mon|ma|le|la|notre|ce) (?:petit |petite )?{_PAPER_FR}"
    r"(?: (?:pour|de|d'|sur) ?(?:demain|lundi|mardi|mercredi|jeudi|vendredi|ce soir"
    r"|(?:mon|ma|la|le|l'|un|une|ce|cette|notre) ?\w+))?"
    r"(?:,? et(?: je (?:voudrais|souhaiterais|veux|cherche))?)?"
    rf"|pour (?:(?:un|une|mon|ma|notre|le|la) |l')(?:petit |petite )?{_PAPER_FR}(?: (?:de |du |d')\w+)?"
    r")(?![\w-])"
)
#: What only looks like another speaker's turn.
_ROLES: Final = re.compile(r"</?(?:system|user|assistant|human|inst)>|\b(?:system|user|assistant|human) ?:")


def unframed(plain: str) -> str:
    """Return a folded text without its frame; the text as it is where nothing else would be left."""
    rest = _FRAMES.sub(" ", _ROLES.sub(" ", plain))
    return rest if re.search(r"[^\W\d_]{3}", rest) else plain
