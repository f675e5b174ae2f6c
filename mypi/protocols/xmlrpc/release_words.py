"""A release and its files in the words of XML-RPC."""

from mypi.http.addresses import address_of, root_address
from mypi.parts import parts
from mypi.publishing.paths import file_url
from mypi.standards.project_json import UNCOUNTED, DescribedProject, ReleasedFile


def data(project: DescribedProject, full_name: str) -> dict[str, object]:
    """Return what a release says of itself."""
    said = project.core_metadata
    owner, _, index = full_name.partition("/")
    where = {} if _is_default(full_name) else {"owner": owner, "name": index}
    page = {"project": project.normalized_name, **where}
    return {
        "name": project.name,
        "version": project.version,
        "summary": said.summary,
        "description": said.description,
        "keywords": ",".join(said.keywords),
        "author": said.author,
        "author_email": said.author_email,
        "maintainer": said.maintainer,
        "maintainer_email": said.maintainer_email,
        "license": said.license or said.license_expression,
        "classifiers": list(said.classifiers),
        "platform": ",".join(said.platforms),
        "home_page": said.home_page,
        "download_url": said.download_url,
        "project_url": [f"{label}, {url}" for label, url in said.project_urls],
        "requires_python": said.requires_python,
        "requires_dist": list(said.requires_dist),
        "provides_dist": list(said.provides_dist),
        "obsoletes_dist": list(said.obsoletes_dist),
        "requires_external": list(said.requires_external),
        "requires": list(said.requires),
        "provides": list(said.provides),
        "obsoletes": list(said.obsoletes),
        "yanked": project.yanked,
        "yanked_reason": project.yanked_reason,
        "package_url": address_of(parts().settings.base_url, "project.show", **page),
        "release_url": address_of(parts().settings.base_url, "project.show", version=project.version, **page),
    }


def url(file: ReleasedFile, full_name: str) -> dict[str, object]:
    """Return what is known of a file, and where it is."""
    settings = parts().settings
    root = root_address(settings.base_url) + ("" if _is_default(full_name) else f"{full_name}/")
    below = file_url(full_name, settings.default_index, file.sha256, file.filename).removeprefix("../../")
    return {
        "filename": file.filename,
        "packagetype": file.file_type.value,
        "python_version": file.python_version,
        "requires_python": file.requires_python,
        "size": file.size,
        "md5_digest": file.md5,
        "digests": {"md5": file.md5, "sha256": file.sha256, "blake2b_256": file.blake2b_256},
        "has_sig": file.has_signature,
        "comment_text": file.comment,
        "downloads": UNCOUNTED,
        "upload_time": file.upload_time,
        "url": root + below,
        "yanked": file.yanked,
        "yanked_reason": file.yanked_reason,
    }


def _is_default(full_name: str) -> bool:
    return full_name == parts().settings.default_index
