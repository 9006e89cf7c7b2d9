export const page = "<!DOCTYPE html>";
