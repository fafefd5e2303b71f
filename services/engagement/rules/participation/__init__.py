"""What members take part in: polls, quizzes, activities, goods and contests. A file a mechanism."""
