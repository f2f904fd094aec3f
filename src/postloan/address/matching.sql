-- texts --
-- Every text of either side once, with a number. A text without a letter or digit says nothing and is left out.
SELECT ROW_NUMBER() OVER (ORDER BY text) - 1 AS id, text
FROM (SELECT text FROM given_a UNION SELECT text FROM given_b) AS every
WHERE LENGTH(TRIM(text)) > 0

-- side --
-- How often each text stands on a side, and where first.
SELECT texts.id AS id, COUNT(*) AS times, MIN(given.row_no) AS first_row
FROM given JOIN texts ON given.text = texts.text
GROUP BY texts.id

-- told_apart --
-- Every text with the sides that it stands on.
SELECT texts.id AS id, texts.text AS text, CASE WHEN side_a.id IS NULL THEN 0 ELSE 1 END AS in_a,
  CASE WHEN side_b.id IS NULL THEN 0 ELSE 1 END AS in_b
FROM texts LEFT JOIN side_a ON side_a.id = texts.id LEFT JOIN side_b ON side_b.id = texts.id
ORDER BY texts.id

-- blocks --
-- Keys that both sides have, with the number of pairs under each.
SELECT key, SUM(in_a) * SUM(in_b) AS pairs
FROM keys
GROUP BY key
HAVING SUM(in_a) * SUM(in_b) > 0

-- block_counts --
-- How many blocks are compared and how many are too large.
SELECT COALESCE(SUM(CASE WHEN pairs <= :most THEN 1 ELSE 0 END), 0) AS compared,
  COALESCE(SUM(CASE WHEN pairs > :most THEN 1 ELSE 0 END), 0) AS too_large
FROM blocks

-- candidates --
-- Pairs of texts to compare: those that share a key that is not too common, and texts that both sides have.
SELECT DISTINCT one.id AS one, other.id AS other
FROM (SELECT key FROM blocks WHERE pairs <= :most) AS block
JOIN (SELECT id, key FROM keys WHERE in_a = 1) AS one ON one.key = block.key
JOIN (SELECT id, key FROM keys WHERE in_b = 1) AS other ON other.key = block.key
WHERE one.id <> other.id
UNION ALL
SELECT side_a.id AS one, side_a.id AS other
FROM side_a JOIN side_b ON side_a.id = side_b.id

-- rivals_of_a --
-- In how many counties a text of A that does not say its own finds places; each is as likely as the others.
SELECT one AS id, COUNT(DISTINCT area_other) AS counties FROM compared WHERE area_open = 1 GROUP BY one

-- rivals_of_b --
-- The same for texts of B.
SELECT other AS id, COUNT(DISTINCT area_one) AS counties FROM compared WHERE area_open = 1 GROUP BY other

-- scored --
-- The pairs that are likely enough where it is weighed that a text does not say in which county it lies.
SELECT one, other, same, finer, probability, deciding
FROM (
  SELECT compared.one AS one, compared.other AS other, compared.same AS same, compared.finer AS finer,
    compared.deciding AS deciding,
    CASE WHEN compared.area_open = 1 THEN
      compared.probability / GREATEST(COALESCE(rivals_of_a.counties, 1), COALESCE(rivals_of_b.counties, 1), 1)
    ELSE compared.probability END AS probability
  FROM compared
  LEFT JOIN rivals_of_a ON rivals_of_a.id = compared.one
  LEFT JOIN rivals_of_b ON rivals_of_b.id = compared.other
) AS weighed
WHERE probability >= :least

-- best --
-- For each row of A the row of B that is most likely the same place; of equally likely ones
-- the one that agrees down to the finer level.
SELECT given.row_no AS row_a, side_b.first_row AS row_b, chosen.same AS same,
  chosen.probability AS probability, chosen.deciding AS deciding
FROM (
  SELECT one, other, same, probability, deciding,
    ROW_NUMBER() OVER (
      PARTITION BY one
      ORDER BY CASE WHEN one = other THEN 0 ELSE 1 END, ROUND(probability, 1) DESC, finer DESC, probability DESC, other
    ) AS place
  FROM scored
) AS chosen
JOIN texts ON texts.id = chosen.one
JOIN given_a AS given ON given.text = texts.text
JOIN side_b ON side_b.id = chosen.other
WHERE chosen.place = 1
ORDER BY given.row_no

-- ranked --
-- All pairs of texts that are likely the same place, the likeliest first, and how often each text stands on its side.
SELECT scored.one AS one, scored.other AS other, side_a.times AS times_a, side_b.times AS times_b
FROM scored JOIN side_a ON side_a.id = scored.one JOIN side_b ON side_b.id = scored.other
ORDER BY CASE WHEN scored.one = scored.other THEN 0 ELSE 1 END, ROUND(probability, 1) DESC, finer DESC,
  probability DESC, scored.one, scored.other

-- one_to_one --
-- The rows that were given to each other, each at most once.
SELECT a.row_no AS row_a, b.row_no AS row_b, scored.same AS same, scored.probability AS probability,
  scored.deciding AS deciding
FROM taken
JOIN scored ON scored.one = taken.one AND scored.other = taken.other
JOIN numbered_a AS a ON a.id = taken.one AND a.place >= taken.from_a AND a.place < taken.from_a + taken.times
JOIN numbered_b AS b ON b.id = taken.other AND b.place - taken.from_b = a.place - taken.from_a
ORDER BY a.row_no

-- numbered --
-- The rows of a side, those of one text counted from 0.
SELECT texts.id AS id, given.row_no AS row_no,
  ROW_NUMBER() OVER (PARTITION BY texts.id ORDER BY given.row_no) - 1 AS place
FROM given JOIN texts ON given.text = texts.text
