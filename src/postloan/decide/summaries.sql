-- grade_matrix --
-- Loans and amounts by the seller's grade and the computed grade (分类迁移).
SELECT grades.seller_grade, grades.grade, COUNT(*) AS loans, COALESCE(SUM(loans.total), 0) AS amount
FROM grades
JOIN loans ON grades.row = loans.row
GROUP BY grades.seller_grade, grades.grade
ORDER BY grades.seller_grade, grades.grade

-- grade_reasons --
-- Loans and amounts by computed grade and the rules it rests on.
SELECT COALESCE(grades.grade, '') AS answer, grades.because, COUNT(*) AS loans, COALESCE(SUM(loans.total), 0) AS amount
FROM grades
JOIN loans ON grades.row = loans.row
GROUP BY grades.grade, grades.because
ORDER BY answer, grades.because

-- eligibility_reasons --
-- Loans and amounts by answer and the rules it rests on.
SELECT eligibility.answer, eligibility.because, COUNT(*) AS loans, COALESCE(SUM(loans.total), 0) AS amount
FROM eligibility
JOIN loans ON eligibility.row = loans.row
GROUP BY eligibility.answer, eligibility.because
ORDER BY eligibility.answer, eligibility.because
