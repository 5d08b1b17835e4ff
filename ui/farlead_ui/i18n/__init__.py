"""Languages of the window: English is in the sources, Chinese in one .ts file a room.

The .qm files that Qt loads are build outputs of ``make translations``
(``python -m farlead_ui.i18n.release`` does the same).
"""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTranslator

from farlead.messages import Language

FOLDER = Path(__file__).parent


class TranslationsMissing(RuntimeError):
    """The .qm files were not built; Chinese cannot be shown."""


class Languages:
    """Installs and removes the translators of an application.

    Parameters
    ----------
    application : QCoreApplication
    folder : Path
        Where the .qm files are.
    """

    def __init__(self, application: QCoreApplication, folder: Path = FOLDER) -> None:
        self._application, self._folder = application, folder

    def use(self, language: Language) -> None:
        """Change to `language`; every widget gets a LanguageChange event.

        Raises
        ------
        TranslationsMissing
            When a room's .qm file is not there.
        """
        self.forget()
        if language is Language.EN:
            return
        for source in sorted(FOLDER.glob("*_zh_CN.ts")):
            file = self._folder / f"{source.stem}.qm"
            translator = QTranslator(self._application)
            if not translator.load(str(file)):
                raise TranslationsMissing(f"{file.name} is not built: make translations")
            self._application.installTranslator(translator)

    def forget(self) -> None:
        """Back to the English of the sources."""
        for translator in self._application.findChildren(QTranslator):
            self._application.removeTranslator(translator)
            translator.setParent(None)
