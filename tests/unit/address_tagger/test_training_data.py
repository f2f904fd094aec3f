from __future__ import annotations

import itertools
import tarfile
from random import Random

import numpy as np
import pytest

from postloan.address.tagger.labels import INDEX, N_LABELS
from postloan.address.tagger.model import packaged_featuriser
from postloan.address.training.corpus import Swapper, encode, gold_spans, read_parts, texts_of
from postloan.address.training.places import Places
from postloan.address.training.synthesis import synthesise

TABLES = {
    "provinces": ("code,name", "11,北京市", "42,湖北省", "51,四川省"),
    "cities": ("code,name", "1101,市辖区", "4290,省直辖县级行政区划", "5101,成都市"),
    "areas": (
        "code,name",
        "110101,东城区",
        "429004,仙桃市",
        "510107,武侯区",
        "510171,成都高新技术产业开发区",
    ),
    "streets": (
        "code,name,areaCode,provinceCode,cityCode",
        "110101001,东华门街道,110101,11,1101",
        "429004001,沙嘴街道办事处,429004,42,4290",
        "510107001,浆洗街街道,510107,51,5101",
        "510171001,西部园区,510171,51,5101",
    ),
    "villages": (
        "code,name,streetCode,provinceCode,cityCode,areaCode",
        "1,多福巷社区居委会,110101001,11,1101,110101",
        "2,五里村委会,429004001,42,4290,429004",
    ),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    (folder / "package" / "dist").mkdir(parents=True)
    for name, lines in TABLES.items():
        (folder / "package" / "dist" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with tarfile.open(folder / "places.tgz", "w:gz") as archive:
        archive.add(folder / "package", "package")
    return Places(folder / "places.tgz")


def test_chains_leave_out_headings_and_write_villages_as_people_do(places):
    chains = {chain.town: chain for chain in places.chains}
    assert (chains["东华门街道"].prefecture, chains["东华门街道"].villages) == ("", ("多福巷社区",))
    assert (chains["沙嘴街道"].prefecture, chains["沙嘴街道"].villages) == ("", ("五里村",))
    assert (chains["西部园区"].zone, chains["西部园区"].county_zone) == (True, True)


def test_constructed_addresses_are_labelled_throughout_and_repeat_with_their_seed(places):
    made = list(itertools.islice(synthesise(places, 3), 2000))
    assert made == list(itertools.islice(synthesise(places, 3), 2000))
    assert made != list(itertools.islice(synthesise(places, 4), 2000))
    assert {label for parts in made for _, label in parts} >= set(INDEX) - {"otherinfo"}
    assert all(text for parts in made for text, _ in parts)


def test_a_tag_never_goes_on_with_another_label_than_the_one_before(places):
    made = [*itertools.islice(synthesise(places, 5), 500), [("12", "roadno"), ("305室", "roomno")]]
    data = encode(made, packaged_featuriser())
    inside, first = data.target >= N_LABELS, data.features.tokens.first
    assert not (inside & first).any()
    assert (data.target[1:][inside[1:]] % N_LABELS == data.target[:-1][inside[1:]] % N_LABELS).all()


def test_encoding_gives_back_the_spans(places):
    made = list(itertools.islice(synthesise(places, 6), 300))
    data = encode(made, packaged_featuriser())
    tokens = data.features.tokens
    begins = np.flatnonzero(data.target < N_LABELS)
    found = {(int(tokens.start[i]), int(data.target[i])) for i in begins}
    wanted = {
        (int(at) + a, label)
        for parts, at in zip(made, tokens.text_start, strict=True)
        for a, _, label in gold_spans(parts)
    }
    assert found == wanted


def test_swapping_keeps_the_labels_and_moving_leaves_no_old_division(places):
    address = [
        ("浙江省", "prov"),
        ("杭州市", "city"),
        ("西湖区", "district"),
        ("文三路", "road"),
        ("5号", "roadno"),
    ]
    swapper = Swapper([address], places)
    moved = swapper.moved(address, Random(1))
    assert "浙江" not in texts_of([moved])[0]
    assert [label for _, label in swapper.shuffled(address, Random(2), 0.9)][-2:] == ["road", "roadno"]


def test_labelled_files_are_read_whatever_the_case_of_the_label():
    assert read_parts("文 B-subRoad\n三 I-subRoad\n5 B-roadno\n\n杭 B-city\n") == [
        [("文三", "subroad"), ("5", "roadno")],
        [("杭", "city")],
    ]
