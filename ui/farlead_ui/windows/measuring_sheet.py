"""Calipers and marks put over the sheet: their layer, mouse, fingers and pen, and their words."""

from farlead.messages import message
from farlead.model.moved import MARKS
from farlead_ui.bridge import listen
from farlead_ui.ecg.caliper_layer import CaliperLayer
from farlead_ui.ecg.caliper_marks import Drawn
from farlead_ui.ecg.caliper_mouse import CaliperMouse
from farlead_ui.ecg.mark_layer import MarkMouse, mark_lines
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.touch import Pen, Touch
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.measuring import Measuring


class MeasuringSheet:
    """What is seen and grasped of measuring on one sheet.

    Parameters
    ----------
    view : EcgView
    sheet : SheetModel
        Moved by fingers.
    measuring : Measuring
    appearance : Appearance
    """

    def __init__(
        self, view: EcgView, sheet: SheetModel, measuring: Measuring, appearance: Appearance
    ) -> None:
        self._view, self._measuring, self._appearance = view, measuring, appearance
        calipers = measuring.calipers
        self.layer = CaliperLayer(view, calipers, appearance, measuring.formula, self._marks)
        self.mouse = CaliperMouse(view, calipers)
        self.mark_mouse = MarkMouse(view, measuring.marks)
        self.touch = Touch(view, sheet, self.mouse.grasps)
        self.pen = Pen(view, self.mouse.remove_at)
        listen(self.layer, measuring.marks.changed, self.layer.refresh)

    def _marks(self) -> Drawn | None:
        sheet, marks = self._view.page, self._measuring.marks
        if sheet is None or not marks.active:
            return None
        names = {name: self._appearance.text(message(f"caliper.mark.{name}")) for name in MARKS}
        told = self._appearance.text(self._measuring.figure) if self._measuring.figure else ""
        return mark_lines(sheet, marks, names, told, self._view.canvas.ratio)
