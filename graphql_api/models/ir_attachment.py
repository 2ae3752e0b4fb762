import contextlib
import os

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """Remove what could be written of a file before the disk was full.

        Odoo leaves it, and would refuse the whole file later, as another one of the same name.
        """
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            path = self._full_path(os.path.join(checksum[:2], checksum))
            with contextlib.suppress(OSError):
                if not self._same_content(bin_value, path):
                    os.unlink(path)
            raise
